-- Everyone who is connected or within the grace.
-- KEYS[1] prefix
-- Returns per agent {id, name, status, capacity, teams (comma separated), chats, left ('1' within the grace)}.
local answer = {}
for _, agent in ipairs(redis.call('ZRANGE', P .. 'due', 0, -1)) do
  local name, status, capacity, teams, left =
    unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'status', 'capacity', 'teams', 'left'))
  answer[#answer + 1] = { agent, name or '', status or 'away', capacity or '0', teams or '', load_of(agent), left or '' }
end
return answer
