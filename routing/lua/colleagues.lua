-- Everyone who is connected or within the grace.
-- KEYS[1] prefix
-- Returns per agent {id, name, status, capacity, teams (comma separated), chats, left ('1' within the grace)}.
local answer = {}
for _, agent in ipairs(redis.call('ZRANGE', P .. 'due', 0, -1)) do
  local name, status, capacity, teams, left =
    unpack(redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'status', 'capacity', 'teams', 'left'))
  if name then -- else a chat of theirs was restored, but nobody has heard of them yet
    answer[#answer + 1] = { agent, name, status, capacity, teams, load_of(agent), left }
  end
end
return answer
