-- A chat begins. Sending it again finds the chat that is there.
-- KEYS[1] prefix
-- ARGV: chat, ttl_ms, due_ms (from now), field, value, field, value …
-- Returns {1 if it is new else 0, salt}, without a salt if it has just ended: what is under way to the one that ended
-- would come into a new one, sealed with another key.
local chat, ttl, due = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key = P .. 'chat:' .. chat
local known = redis.call('HGET', key, 'salt')
if known then return { 0, known } end
if redis.call('EXISTS', over(chat)) == 1 then return { 0 } end
redis.call('HSET', key, 'seq', 0, 'notes', 0, 'epoch', 0, 'arrived', now, unpack(ARGV, 4))
redis.call('ZADD', P .. 'due', now + due, chat)
keep(chat, ttl)
return { 1, redis.call('HGET', key, 'salt') }
