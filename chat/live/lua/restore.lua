-- After Redis lost its memory: a node registers a chat as it knew it, unless it has ended meanwhile; numbers go on from
-- the highest any node knows.
-- A starting node calls it without a chat.
-- KEYS[1] prefix
-- ARGV: mark to set if there is none
--    or mark, chat, ttl_ms, due_ms (from now), seq, notes, epoch, arrived (ms), field, value …
-- Returns the mark in force.
redis.call('SET', P .. 'mark', ARGV[1], 'NX')
if ARGV[2] and redis.call('EXISTS', over(ARGV[2])) == 0 then
  local chat, ttl, due = ARGV[2], ARGV[3], tonumber(ARGV[4])
  local key = P .. 'chat:' .. chat
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, 'arrived', ARGV[8], unpack(ARGV, 9))
    redis.call('ZADD', P .. 'due', now + due, chat)
  end
  for field, value in pairs({ seq = ARGV[5], notes = ARGV[6], epoch = ARGV[7] }) do
    if tonumber(redis.call('HGET', key, field) or -1) < tonumber(value) then redis.call('HSET', key, field, value) end
  end
  keep(chat, ttl)
end
return redis.call('GET', P .. 'mark')
