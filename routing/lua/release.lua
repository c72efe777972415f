-- The end of an agent's shift: away, and every chat goes back to the head of its line.
-- KEYS[1] prefix
-- ARGV[2]: agent
-- Returns how many chats were given back.
local agent = ARGV[2]
set_away(agent, 'chosen')
local held = redis.call('SMEMBERS', P .. 'holds:' .. agent)
for _, chat in ipairs(held) do give_back(chat, agent) end
settle()
return #held
