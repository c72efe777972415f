-- An agent's choice to take new chats or not; kept until they choose again.
-- KEYS[1] prefix
-- ARGV: agent, status
local agent, status = ARGV[1], ARGV[2]
know(agent, 'status', status)
publish({ type = 'status_chosen', agent = agent, status = status })
for _, name in ipairs(teams_of(agent)) do queue_changed(name) end
return 1
