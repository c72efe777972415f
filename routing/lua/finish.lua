-- A chat is over: it leaves the line, or frees its agent.
-- KEYS[1] prefix
-- ARGV: chat
-- Returns {state, team, agent, handled_ms}, or nil when it was not known.
local chat = ARGV[1]
local was = forget(chat)
if was then publish({ type = 'finished', chat = chat, team = was[2], agent = was[3] }) end
return was
