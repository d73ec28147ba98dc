package headstart

import "encoding/json"

// ReadFeedEntry reads what one commit tells readers, of which its rows are parts: who keeps
// them copies. It makes of it what json.Unmarshal does, but looks for mistakes within a row
// only as far as to find its end: who reads the row finds the others. Text of another form
// than FeedEntry.Append writes is left to json.Unmarshal.
func ReadFeedEntry(text []byte) (FeedEntry, error) {
	r := rowReader{b: text}
	if e, ok := r.feedEntry(); ok && r.at == len(text) {
		return e, nil
	}
	var e FeedEntry
	err := json.Unmarshal(text, &e)
	return e, err
}

func (r *rowReader) feedEntry() (e FeedEntry, ok bool) {
	if !r.take(`{"v":`) {
		return e, false
	}
	v, ok := r.integer()
	if e.V = int(v); !ok || !r.take(`,"cursor":`) {
		return e, false
	}
	cursor, plain := r.text()
	if !plain || e.Cursor.UnmarshalText(cursor) != nil || !r.take(`,"at":`) {
		return e, false
	}
	if e.At, ok = r.integer(); !ok {
		return e, false
	}
	if r.take(`,"rows":[`) && !r.feedRows(&e) {
		return e, false
	}
	if r.take(`,"asks":`) {
		asks, valid := r.whole()
		if !valid || json.Unmarshal(asks, &e.Asks) != nil {
			return e, false
		}
	}
	return e, r.take("}")
}

// feedRows passes the rows up to the end of their list.
func (r *rowReader) feedRows(e *FeedEntry) bool {
	for table := ""; ; {
		op, ok := r.feedRow(table)
		if !ok {
			return false
		}
		table = op.Table
		if e.Rows = append(e.Rows, op); !r.take(",") {
			return r.take("]")
		}
	}
}

// feedRow passes a row; table is that of the row before it, whose name it shares.
func (r *rowReader) feedRow(table string) (op FeedOp, ok bool) {
	if !r.take(`{"t":`) {
		return op, false
	}
	name, plain := r.text()
	if !plain || !r.take(`,"k":`) {
		return op, false
	}
	if op.Table = table; string(name) != table {
		op.Table = string(name)
	}
	key, plain := r.text()
	if !plain {
		return op, false
	}
	op.Key = string(key)
	if r.take(`,"d":`) {
		if op.Val = r.span(); len(op.Val) == 0 {
			return op, false
		}
	}
	return op, r.take("}")
}
