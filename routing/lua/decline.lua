-- An agent lets the chat that rings at them go to the next.
-- KEYS[1] prefix
-- ARGV[2…]: chat, agent
-- Returns 1, or 0 when it does not ring there.
local chat, agent = ARGV[2], ARGV[3]
if redis.call('HGET', chat_key(chat), 'offered') ~= agent then return 0 end
back_to_line(chat, agent, 'declined')
settle()
return 1
