-- An agent offers their chat to another line; it stays theirs until somebody there takes it.
-- KEYS[1] prefix
-- ARGV[2…]: chat, agent, steps (JSON, a list of the one step it shall go to)
-- Returns 'begun', 'not_yours', or 'away': the step is a person's, and they are not available.
local chat, agent, transfer = ARGV[2], ARGV[3], ARGV[4]
local key = chat_key(chat)
local holder, under_way = unpack(redis.call('HMGET', key, 'agent', 'transfer'))
if holder ~= agent then return 'not_yours' end
local to = step_at(transfer, 0)
if to.personal and not staffed(to.line) then return 'away' end
if under_way ~= '' then transfer_over(chat) end
redis.call('HSET', key, 'transfer', transfer, 'transfer_until', now + to.wait, 'line', to.line, 'class', HEAD,
  'accept', to.accept)
deadline('transfer', chat, now + to.wait)
local event = cjson.encode({ type = 'transfer_began', chat = chat, agent = agent, until_ms = now + to.wait })
redis.call('PUBLISH', P .. 'feed', string.sub(event, 1, -2) .. ',"to":' .. string.sub(transfer, 2, -2) .. '}')
place(chat)
settle()
return 'begun'
