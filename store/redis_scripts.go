package store

import "github.com/redis/go-redis/v9"

// Scripts run whole or not at all as others see it, but what they wrote before
// an error stays: so everything that can go wrong is checked first. Error
// replies are two words on purpose: one word would arrive as "ERR FENCED".

// luaIncarnation names the life of the server the script runs on.
const luaIncarnation = `
local function incarnation()
  local s, r = redis.call('INFO', 'server'), redis.call('INFO', 'replication')
  return string.match(s, 'run_id:(%w+)') .. ':' .. string.match(r, 'master_replid:(%w+)')
end
`

var incarnationScript = redis.NewScript(luaIncarnation + `return incarnation()`)

var timeScript = redis.NewScript(`
local t = redis.call('TIME')
return {tonumber(t[1]), tonumber(t[2])}`)

// KEYS: meta. ARGV: schema, min_reader, installation.
var prepareScript = redis.NewScript(`
local m = redis.call('HMGET', KEYS[1], 'min_reader', 'installation')
if m[1] and tonumber(m[1]) > tonumber(ARGV[1]) then return {m[1], m[2] or ''} end
if not m[2] then redis.call('HSET', KEYS[1], 'installation', ARGV[3]); m[2] = ARGV[3] end
redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'min_reader', ARGV[2])
return {ARGV[2], m[2]}`)

// KEYS: meta, log, three hashes of what was said (see redis_once.go), set of text days,
// text hashes. ARGV: the life it is for, or nothing; number of records; for each the record
// and its pieces, 16 bytes each; then for each text: index of its hash, "kind:day", key,
// value. The reply is the life of the server that has them now, then for each record its id
// or, if it was not added, the indexes of the pieces said already.
var appendScript = redis.NewScript(luaIncarnation + luaLife + luaOnce + `
local ids = {life(KEYS[1], KEYS[2])}
if ARGV[1] ~= '' and ARGV[1] ~= ids[1] then return redis.error_reply('OTHERLIFE the server began anew') end
local n = tonumber(ARGV[2])
for i = 2*n + 3, #ARGV, 4 do
  redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i+2], ARGV[i+3])
  redis.call('SADD', KEYS[6], ARGV[i+1])
end
for i = 1, n do
  local pieces = ARGV[2*i+2]
  local before = said(pieces)
  if #before > 0 then ids[i+1] = before
  else
    ids[i+1] = redis.call('XADD', KEYS[2], '*', 'd', ARGV[2*i+1])
    say(pieces)
  end
end
return ids`)

// KEYS: meta, lease. ARGV: owner, nonce, milliseconds.
var acquireScript = redis.NewScript(luaIncarnation + `
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[3]) then return {'0', ''} end
local e = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'nonce', ARGV[2], 'owner', ARGV[1])
return {tostring(e), incarnation()}`)

const luaHolds = `
local m = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'cursor', 'owner', 'feed')
if m[1] ~= ARGV[1] or m[2] ~= ARGV[2] then return redis.error_reply('FENCED stale epoch or nonce') end
`

// KEYS: meta, lease. ARGV: epoch, nonce, milliseconds; 0 gives the lease back.
var renewScript = redis.NewScript(luaHolds + `
if ARGV[3] == '0' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], m[4], 'PX', ARGV[3]) end
return 1`)

// KEYS: meta, lease. ARGV: epoch, nonce, milliseconds, incarnation. A renewal that says
// what luaReplicas says.
var barrierScript = redis.NewScript(luaIncarnation + luaReplicas + luaHolds + `
if ARGV[4] ~= incarnation() then return redis.error_reply('GAP another incarnation') end
redis.call('SET', KEYS[2], m[4], 'PX', ARGV[3])
return replicas(KEYS[1])`)

// KEYS: meta, outbox, outbox:due, feed, tables. ARGV: epoch, nonce,
// incarnation, prev, next, feedMax, then operations: P table n and n times key value,
// D table key, O id due data, A id, F data. Feed entries carry running numbers,
// so that a reader sees a hole.
var commitScript = redis.NewScript(luaIncarnation + luaHolds + `
if ARGV[3] ~= incarnation() then return redis.error_reply('GAP another incarnation') end
local cursor = m[3] or '0-0/0'
if cursor ~= ARGV[4] then
  if cursor == ARGV[5] then return 'DUP' end
  return redis.error_reply('GAP the cursor is at ' .. cursor)
end
local feed = tonumber(m[5] or '0')
local i = 7
while i <= #ARGV do
  local op = ARGV[i]
  if op == 'P' then
    local after = i + 3 + 2 * tonumber(ARGV[i+2])
    redis.call('HSET', KEYS[tonumber(ARGV[i+1])], unpack(ARGV, i + 3, after - 1)); i = after
  elseif op == 'D' then redis.call('HDEL', KEYS[tonumber(ARGV[i+1])], ARGV[i+2]); i = i + 3
  elseif op == 'O' then
    redis.call('HSET', KEYS[2], ARGV[i+1], ARGV[i+3])
    redis.call('ZADD', KEYS[3], ARGV[i+2], ARGV[i+1]); i = i + 4
  elseif op == 'A' then
    redis.call('HDEL', KEYS[2], ARGV[i+1])
    redis.call('ZREM', KEYS[3], ARGV[i+1]); i = i + 2
  elseif op == 'F' then
    feed = feed + 1
    redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[6], string.format('%.0f-0', feed), 'd', ARGV[i+1]); i = i + 2
  else return redis.error_reply('BADOP unknown operation') end
end
redis.call('HSET', KEYS[1], 'cursor', ARGV[5], 'feed', string.format('%.0f', feed))
return 'OK'`)

// KEYS: meta, log. ARGV: wanted offset, as milliseconds and sequence. Trims up
// to the earliest of wanted, committed and archived; numbers compare as text
// would not, and stay exact below 2^53.
var trimScript = redis.NewScript(`
local m = redis.call('HMGET', KEYS[1], 'cursor', 'archived')
if not m[1] or not m[2] then return 0 end
local function parts(s)
  local a, b = string.match(s, '^(%d+)-(%d+)')
  return tonumber(a), tonumber(b)
end
local ms, seq = parts(ARGV[1])
for _, s in ipairs(m) do
  local a, b = parts(s)
  if a < ms or (a == ms and b < seq) then ms, seq = a, b end
end
return redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-%.0f', ms, seq + 1))`)

// KEYS: meta. ARGV: offset.
var archivedScript = redis.NewScript(`
local old = redis.call('HGET', KEYS[1], 'archived') or '0-0'
local function parts(s)
  local a, b = string.match(s, '^(%d+)-(%d+)')
  return tonumber(a), tonumber(b)
end
local a, b = parts(old)
local c, d = parts(ARGV[1])
if c > a or (c == a and d > b) then redis.call('HSET', KEYS[1], 'archived', ARGV[1]) end
return 1`)
