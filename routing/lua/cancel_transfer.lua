-- The agent who offered a chat to another line keeps it.
-- KEYS[1] prefix
-- ARGV[2…]: chat, agent
-- Returns 1, or 0 when no transfer of theirs is under way.
local chat, agent = ARGV[2], ARGV[3]
local holder, transfer = unpack(redis.call('HMGET', chat_key(chat), 'agent', 'transfer'))
if holder ~= agent or transfer == '' then return 0 end
transfer_over(chat, 'cancelled')
settle()
return 1
