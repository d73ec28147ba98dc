package store

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"headstart"
)

// Replicas that hear the same alert in the same moment would each write it. So the
// script that appends keeps, for half a minute to a minute, the newest word of the log
// on each subject (headstart.Once), and leaves out a record that only repeats one. The
// words lie in one slot with the log and are written in one step with it: what they say,
// the log holds, after a failover too. Later repeats are found in the view.

// luaOnce defines said and say. Three hashes take turns, half a minute each; their field
// t says whose turn a hash is of. The newest word is looked for in the hash of this turn,
// then in that of the turn before.
const luaOnce = `
local turn, now, before
local function turns()
  if turn then return end
  turn = math.floor(tonumber(redis.call('TIME')[1]) / 30)
  now, before = KEYS[3 + turn % 3], KEYS[3 + (turn + 2) % 3]
  if redis.call('HGET', now, 't') ~= tostring(turn) then redis.call('UNLINK', now) end
  if redis.call('HGET', before, 't') ~= tostring(turn - 1) then before = nil end
end

-- WAIT speaks of what its own connection wrote, so this writes in any case.
local function keep(fields)
  redis.call('HSET', now, 't', turn, unpack(fields))
  redis.call('PEXPIRE', now, 90000)
end

local function said(pieces)
  local found, subjects = {}, {}
  if pieces == '' then return found end
  turns()
  for j = 1, #pieces, 16 do subjects[#subjects+1] = string.sub(pieces, j, j+7) end
  local news = redis.call('HMGET', now, unpack(subjects))
  local olds = before and redis.call('HMGET', before, unpack(subjects)) or {}
  for k = 1, #subjects do
    local word = string.sub(pieces, 16*k - 7, 16*k)
    if (news[k] or olds[k]) == word and word ~= string.rep('\0', 8) then found[#found+1] = k - 1 end
  end
  if #found > 0 then keep({}) end
  return found
end

local function say(pieces)
  if pieces == '' then return end
  local fields = {}
  for j = 1, #pieces, 8 do fields[#fields+1] = string.sub(pieces, j, j+7) end
  keep(fields)
end
`

// saidKeys are the three hashes.
func (r *Redis) saidKeys() []string {
	return []string{r.key + "said:0", r.key + "said:1", r.key + "said:2"}
}

// pieceArg is what the script reads of once.
func pieceArg(once *headstart.Once) ([]byte, error) {
	if once == nil {
		return nil, nil
	}
	if n := len(once.Pieces); n > headstart.MaxPieces {
		return nil, fmt.Errorf("append: a record of %d pieces; at most %d are looked up", n, headstart.MaxPieces)
	}
	b := make([]byte, 0, 16*len(once.Pieces))
	for _, p := range once.Pieces {
		b = binary.BigEndian.AppendUint64(b, p.Subject)
		b = binary.BigEndian.AppendUint64(b, p.Word)
	}
	return b, nil
}

// added reads what the script answered of one record: its offset or, in once, what was
// said already.
func added(reply any, once *headstart.Once) (headstart.Offset, error) {
	switch v := reply.(type) {
	case string:
		off, err := headstart.ParseOffset(v)
		if err != nil {
			return off, damaged{err}
		}
		return off, nil
	case []any:
		var said []int
		for _, n := range v {
			i, ok := n.(int64)
			if !ok || once == nil || i < 0 || i >= int64(len(once.Pieces)) {
				return headstart.Offset{}, damaged{fmt.Errorf("append: the server names %v as a piece", n)}
			}
			said = append(said, int(i))
		}
		once.Said = said
		return headstart.Offset{}, nil
	}
	return headstart.Offset{}, damaged{fmt.Errorf("append: the server answers %s", strconv.Quote(fmt.Sprint(reply)))}
}
