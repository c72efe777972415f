-- Erase a chat: the salt of its key is overwritten before anything is deleted, and every node is told. Also of one that
-- is not there, so that no node gives it back to a Redis that lost its memory.
-- KEYS[1] prefix
-- ARGV: chat, by, salt of the same length to write over the old one, for how long (ms) it does not begin again, or 0
-- Returns 1, or 0 when there was no such chat.
local chat, by = ARGV[1], ARGV[2]
local key = P .. 'chat:' .. chat
redis.call('ZREM', P .. 'due', chat)
local there = redis.call('EXISTS', key)
if there == 0 and redis.call('EXISTS', over(chat)) == 1 then return 0 end
if there == 1 then redis.call('HSET', key, 'salt', ARGV[3]) end
for _, name in ipairs({ 'chat:', 'log:', 'notes:', 'refs:', 'tabs:' }) do
  redis.call('DEL', P .. name .. chat)
end
if tonumber(ARGV[4]) > 0 then redis.call('SET', over(chat), '', 'PX', ARGV[4]) end
tell('e', 's', chat, 0, by)
publish()
return there
