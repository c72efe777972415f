-- A node has no tab of this visitor any more. When no node has one, the grace begins.
-- KEYS[1] prefix
-- ARGV: node, grace_ms, chat, the wait its visitor was told here (s) or ''
-- Returns 1 when the visitor is now gone everywhere, else 0.
local node, grace, chat, wait = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local key, tabs = P .. 'chat:' .. chat, P .. 'tabs:' .. chat
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('ZREM', tabs, node)
redis.call('ZREMRANGEBYSCORE', tabs, '-inf', now)
if redis.call('ZCARD', tabs) > 0 then return 0 end
redis.call('HSET', key, 'left', now + grace, 'wait', wait)
redis.call('ZADD', P .. 'due', now + grace, chat)
tell('g', 'v', chat, 0, tostring(math.floor(now + grace)))
publish()
return 1
