-- An agent takes a waiting chat by hand, out of turn, within their teams and capacity.
-- KEYS[1] prefix
-- ARGV: chat, agent
-- Returns 'taken', 'not_waiting', 'at_capacity' or 'not_yours' (a team the agent is not in).
local chat, agent = ARGV[1], ARGV[2]
local state, team = unpack(redis.call('HMGET', P .. 'chat:' .. chat, 'state', 'team'))
if state ~= 'waiting' or redis.call('EXISTS', P .. 'hold') == 1 then return 'not_waiting' end
if redis.call('SISMEMBER', P .. 'team:' .. team, agent) == 0 then return 'not_yours' end
local capacity = tonumber(redis.call('HGET', P .. 'agent:' .. agent, 'capacity') or 0)
if redis.call('SCARD', P .. 'holds:' .. agent) >= capacity then return 'at_capacity' end
hold_chat(chat, agent)
return 'taken'
