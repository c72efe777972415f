-- A waiting chat goes before or after others.
-- KEYS[1] prefix
-- ARGV[2…]: chat, priority
-- Returns 1, or 0 when it does not wait.
local chat, priority = ARGV[2], ARGV[3]
if redis.call('HGET', chat_key(chat), 'state') ~= 'waiting' then return 0 end
redis.call('HSET', chat_key(chat), 'priority', priority)
place(chat)
settle()
return 1
