-- A chat is over: it leaves the line, or frees its agent.
-- KEYS[1] prefix
-- ARGV[2]: chat
-- Returns {state, team, agent, handled_ms}, or nil when it was not known.
local was = forget(ARGV[2])
settle()
return was
