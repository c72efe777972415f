-- A node has no console tab of an agent any more. When no node has one, the grace begins.
-- KEYS[1] prefix
-- ARGV[2…]: agent, node, grace_ms
-- Returns 1 when the agent is now gone everywhere, else 0. Sending it again does not begin the grace anew.
local agent, node, grace = ARGV[2], ARGV[3], tonumber(ARGV[4])
local tabs = P .. 'tabs:' .. agent
redis.call('ZREM', tabs, node)
redis.call('ZREMRANGEBYSCORE', tabs, '-inf', now)
if redis.call('ZCARD', tabs) > 0 then return 0 end
if redis.call('HGET', P .. 'agent:' .. agent, 'left') ~= '0' then return 1 end
redis.call('ZADD', P .. 'due', now + grace, agent)
has_left(agent)
settle()
return 1
