-- A node has a console tab of an agent.
-- KEYS[1] prefix
-- ARGV: agent, node, capacity, teams (comma separated), lease_ms, grace_ms, name
-- Returns {status, held chats …}.
local agent, node, capacity, teams = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lease, grace = tonumber(ARGV[5]), tonumber(ARGV[6])
local key = P .. 'agent:' .. agent
for _, name in ipairs(teams_of(agent)) do redis.call('SREM', P .. 'team:' .. name, agent) end
local was_left = redis.call('HGET', key, 'left') == '1'
redis.call('HSETNX', key, 'status', 'away')
know(agent, 'capacity', capacity, 'teams', teams, 'name', ARGV[7], 'left', '0')
for _, name in ipairs(teams_of(agent)) do redis.call('SADD', P .. 'team:' .. name, agent) end
redis.call('ZADD', P .. 'tabs:' .. agent, now + lease, node)
redis.call('ZADD', P .. 'due', 'GT', now + lease + grace, agent)
if was_left then
  redis.call('ZADD', P .. 'due', now + lease + grace, agent)
  publish({ type = 'agent_returned', agent = agent })
end
local answer = { redis.call('HGET', key, 'status') }
for _, chat in ipairs(redis.call('SMEMBERS', P .. 'holds:' .. agent)) do answer[#answer + 1] = chat end
return answer
