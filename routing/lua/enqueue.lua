-- A chat joins its team's line. Sending it again changes nothing.
-- KEYS[1] prefix
-- ARGV: chat, team, max_waiting, lease_ms
-- Returns {'queued'|'active', agent} or {'full', ''}.
local chat, team, max_waiting, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local key = P .. 'chat:' .. chat
local state, agent = unpack(redis.call('HMGET', key, 'state', 'agent'))
if state then return { state == 'waiting' and 'queued' or 'active', agent } end
if redis.call('ZCARD', P .. 'queue:' .. team) >= max_waiting then return { 'full', '' } end
redis.call('HSET', key, 'team', team, 'state', 'waiting', 'agent', '', 'epoch', 0, 'arrived', now, 'assigned', 0)
-- Arrivals of one millisecond keep their order: a later one never sorts before an earlier one.
local last = redis.call('ZRANGE', P .. 'queue:' .. team, -1, -1, 'WITHSCORES')
local score = now
if last[2] and tonumber(last[2]) >= score then score = tonumber(last[2]) + 0.001 end
redis.call('ZADD', P .. 'queue:' .. team, score, chat)
redis.call('HSET', key, 'arrived', score)
redis.call('ZADD', P .. 'leases', now + lease, chat)
queue_changed(team)
return { 'queued', '' }
