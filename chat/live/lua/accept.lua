-- Accept what one loop turn of a node brought for this bucket's chats, in order, and tell all nodes in one message.
-- KEYS[1] prefix
-- ARGV: ttl_ms, history_max, then per entry seven: kind, side, chat, digest of the ref, epoch, number, sealed payload
--   kind 'm' message and 'n' note: numbered, kept, and the same digest again gives the same number;
--     an epoch below the chat's is refused: the author has lost the chat
--   kind 't': told to the nodes and not kept
--   kind 'd' delivered, 'r' read and 'o' told that an answer is overdue: marks of side up to number, which only rise
--   kind 'p': the sealed payload replaces the visitor's card
-- Returns per entry {outcome, number}: 0 done, 1 already done (number tells which), 2 no such chat, 3 full, 4 stale epoch.
local ttl, history_max = ARGV[1], tonumber(ARGV[2])
local STORE = { m = { 'seq', 'log:' }, n = { 'notes', 'notes:' } }
local touched, answer = {}, {}
for i = 3, #ARGV, 7 do
  local kind, side, chat, digest, epoch, number, payload = unpack(ARGV, i, i + 6)
  local key = P .. 'chat:' .. chat
  local outcome, result = 0, tonumber(number)
  local known_epoch = redis.call('HGET', key, 'epoch')
  if not known_epoch then
    outcome = 2
  elseif epoch ~= '' and tonumber(epoch) < tonumber(known_epoch) then
    outcome = 4
  elseif STORE[kind] then
    local counter, stream = unpack(STORE[kind])
    local before = redis.call('HGET', P .. 'refs:' .. chat, digest)
    if before then
      outcome, result = 1, tonumber(before)
    elseif tonumber(redis.call('HGET', key, counter)) >= history_max and side ~= 's' then
      outcome = 3
    else
      result = redis.call('HINCRBY', key, counter, 1)
      redis.call('XADD', P .. stream .. chat, result .. '-0', 's', side, 't', now, 'b', payload)
      redis.call('HSET', P .. 'refs:' .. chat, digest, result)
      if epoch ~= '' then redis.call('HSET', key, 'epoch', epoch) end
      tell(kind, side, chat, result, payload)
      touched[chat] = true
    end
  elseif kind == 'd' or kind == 'r' or kind == 'o' then
    local field = kind .. side
    if result > tonumber(redis.call('HGET', key, field) or 0) then
      redis.call('HSET', key, field, result)
      tell(kind, side, chat, result, '')
    else
      outcome = 1
    end
  else
    if kind == 'p' then redis.call('HSET', key, 'card', payload) end
    tell(kind, side, chat, result, payload)
  end
  answer[#answer + 1] = { outcome, result }
end
for chat in pairs(touched) do keep(chat, ttl) end
publish()
return answer
