-- An agent takes a chat by hand, out of turn, within their lines and capacity; with any_chat from any line, from where
-- it rings, and from whoever has it.
-- KEYS[1] prefix
-- ARGV[2…]: chat, agent, any_chat (1 or 0)
-- Returns 'taken', 'not_waiting', 'at_capacity' or 'not_yours' (a line the agent is not in, or they are not there).
local chat, agent, any_chat = ARGV[2], ARGV[3], ARGV[4] == '1'
local state, holder, line, offered = unpack(redis.call('HMGET', chat_key(chat), 'state', 'agent', 'line', 'offered'))
if not state or redis.call('EXISTS', P .. 'hold') == 1 then return 'not_waiting' end
if holder == agent then return 'taken' end
local theirs = any_chat
if not any_chat then
  if line == '' or (offered ~= '' and offered ~= agent) then return 'not_waiting' end
  for _, one in ipairs(lines_of(agent)) do theirs = theirs or one == line end
end
if not theirs or not redis.call('ZSCORE', P .. 'due', agent) then return 'not_yours' end
local load = load_of(agent) - (offered == agent and 1 or 0)
if load >= tonumber(redis.call('HGET', P .. 'agent:' .. agent, 'capacity') or 0) then return 'at_capacity' end
know(agent, 'missed', 0)
hold_chat(chat, agent)
settle()
return 'taken'
