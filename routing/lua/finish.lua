-- A chat is over: it leaves the line, or frees its agent.
-- KEYS[1] prefix
-- ARGV: chat
-- Returns {state, team, agent, handled_ms, teams of the agent …}, or nil when it was not known.
local chat = ARGV[1]
local was = forget(chat)
if not was then return nil end
publish({ type = 'finished', chat = chat, team = was[2], agent = was[3] })
if was[1] == 'active' then
  for _, name in ipairs(teams_of(was[3])) do was[#was + 1] = name end
end
return was
