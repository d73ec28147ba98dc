package main

import (
	"context"
	"html/template"
	"log/slog"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/lang"
	"headstart/report/figures"
	"headstart/web"
)

// figuring joins package report/figures to the pages and the API.
type figuring struct {
	cfg     *configs.Config
	view    *headstart.View
	ledger  *figures.Ledger
	leading func() bool // several processes may run; one writes
	clock   func() time.Time
	logger  *slog.Logger
}

// factsEvery is how often the facts of figures are written beside the log.
const factsEvery = time.Hour

// run keeps the facts of figures until ctx ends.
func (f *figuring) run(ctx context.Context) error {
	next := time.NewTimer(time.Minute) // the view fills first
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
		next.Reset(factsEvery)
		if !f.leading() || !f.view.Ready() {
			continue
		}
		if err := f.ledger.Turn(ctx, f.view, f.clock()); err != nil && ctx.Err() == nil {
			f.logger.Warn("the facts of figures were not written; the next hour tries again", "err", err)
		}
	}
}

func (f *figuring) of(ctx context.Context, q web.FiguresQuery) (*figures.Figures, error) {
	now := f.clock().In(zoneOf(f.cfg))
	asked, wrong := figures.Read(q.Values, now)
	if len(wrong) > 0 {
		return nil, refusing(wrong, "?")
	}
	from := asked.Period.Before().From
	if month := figures.Around(figures.Month, asked.Period.From).Before(); asked.By == figures.ByMonth && month.From.Before(from) {
		from = month.From
	}
	facts, err := f.ledger.Read(ctx, f.view, from, asked.Period.To, now)
	if err != nil {
		return nil, err
	}
	return figures.Of(figures.Input{
		Facts: facts, Calendar: &f.cfg.Calendar, Catalog: f.view.Catalog(), Period: asked.Period, Now: now, By: asked.By,
		Scope: figures.Scope{Sees: q.Sees, Confidential: q.Confidential},
	}), nil
}

func refusing(wrong []figures.Mistake, sign string) error {
	e := &web.FiguresRefused{}
	for _, m := range wrong {
		e.Mistakes = append(e.Mistakes, [2]string{sign + m.Field, m.Text})
	}
	return e
}

func (f *figuring) say(language string) *lang.Words { return lang.New(language, zoneOf(f.cfg)) }

func (f *figuring) Answer(ctx context.Context, q web.FiguresQuery) (any, error) {
	all, err := f.of(ctx, q)
	if err != nil {
		return nil, err
	}
	return all.Answer(f.view.Catalog(), f.say(q.Lang)), nil
}

func (f *figuring) CSV(ctx context.Context, q web.FiguresQuery) ([]byte, error) {
	all, err := f.of(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := all.Answer(f.view.Catalog(), f.say(q.Lang))
	return answer.CSV(), nil
}

func (f *figuring) Page(ctx context.Context, q web.FiguresQuery) (template.HTML, error) {
	all, err := f.of(ctx, q)
	if err != nil {
		return "", err
	}
	return all.HTML(f.view.Catalog(), f.say(q.Lang))
}

func (f *figuring) Problem(ctx context.Context, q web.FiguresQuery, asset string) (string, error) {
	all, err := f.of(ctx, q)
	if err != nil {
		return "", err
	}
	text, _ := all.Problem(asset, f.view.Catalog(), f.say(q.Lang))
	return text, nil
}

// callsTaken is the answer to a list of calls.
type callsTaken struct {
	Rows  int       `json:"rows"`
	Calls int       `json:"calls"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

func (f *figuring) Telephone(ctx context.Context, data []byte) (any, error) {
	calls, wrong := figures.ReadCalls(data, zoneOf(f.cfg))
	if len(wrong) > 0 {
		return nil, refusing(wrong, "")
	}
	if err := f.ledger.AddCalls(ctx, calls); err != nil {
		return nil, err
	}
	done := callsTaken{Rows: len(calls)}
	for n, c := range calls {
		from, to := time.Unix(c.From, 0).In(zoneOf(f.cfg)), time.Unix(c.To, 0).In(zoneOf(f.cfg))
		if n == 0 || from.Before(done.From) {
			done.From = from
		}
		if to.After(done.To) {
			done.To = to
		}
		done.Calls += c.Calls
	}
	return done, nil
}

func (f *figuring) Schema() any { return figures.KPIs{} }
