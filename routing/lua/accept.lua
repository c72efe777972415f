-- An agent takes the chat that rings at them. Sending it again changes nothing.
-- KEYS[1] prefix
-- ARGV[2…]: chat, agent
-- Returns 1, or 0 when it rings there no more.
local chat, agent = ARGV[2], ARGV[3]
local offered, holder = unpack(redis.call('HMGET', chat_key(chat), 'offered', 'agent'))
if holder == agent then return 1 end
if offered ~= agent then return 0 end
know(agent, 'missed', 0)
hold_chat(chat, agent)
settle()
return 1
