-- A node has a console tab of an agent.
-- KEYS[1] prefix
-- ARGV[2…]: agent, node, capacity, teams (comma separated), lease_ms, grace_ms, name
-- Returns {status, {held chats …}, {ringing chat, until (ms), by, ringing chat …}}.
local agent, node, capacity, teams = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local lease, grace = tonumber(ARGV[6]), tonumber(ARGV[7])
local key = P .. 'agent:' .. agent
local lines_before = lines_of(agent)
for _, line in ipairs(lines_before) do redis.call('ZREM', P .. 'seats:' .. line, agent) end
local was_left = redis.call('HGET', key, 'left') == '1'
redis.call('HSETNX', key, 'status', 'away')
know(agent, 'capacity', capacity, 'teams', teams, 'name', ARGV[8], 'left', '0')
for _, line in ipairs(lines_of(agent)) do queue_changed(line) end
for _, line in ipairs(lines_before) do perhaps_unstaffed(line) end
redis.call('ZADD', P .. 'tabs:' .. agent, now + lease, node)
redis.call('ZADD', P .. 'due', 'GT', now + lease + grace, agent)
if was_left then
  redis.call('ZADD', P .. 'due', now + lease + grace, agent)
  publish({ type = 'agent_returned', agent = agent })
end
settle()
local rings = {}
for _, chat in ipairs(redis.call('SMEMBERS', P .. 'rings:' .. agent)) do
  local offer_until, by = unpack(redis.call('HMGET', chat_key(chat), 'offer_until', 'agent'))
  rings[#rings + 1], rings[#rings + 2], rings[#rings + 3] = chat, offer_until, by
end
return { redis.call('HGET', key, 'status'), redis.call('SMEMBERS', P .. 'holds:' .. agent), rings }
