// Package promql asks a Prometheus a question whose answer is a verdict: whatever
// the expression returns must not be zero.
//
// It says nothing about what it cannot judge. A Prometheus that does not answer,
// an expression that is wrong and one that returns nothing are errors, never a
// failure of what the expression is about.
package promql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"headstart"
)

// Answer is the verdict of one question.
type Answer struct {
	Verdict headstart.Verdict // OK or Down
	Reason  string            // may be long, and hold text of the Prometheus
	Values  []headstart.Measurement
}

// Ask evaluates query, now, at the Prometheus whose base URL is target. An error
// says what to do about it; one of the network is wrapped.
func Ask(ctx context.Context, client *http.Client, target, query string) (Answer, error) {
	c, err := api.NewClient(api.Config{Address: target, Client: client})
	if err != nil {
		return Answer{}, err
	}
	value, warnings, err := v1.NewAPI(c).Query(ctx, query, time.Time{})
	if err != nil {
		return Answer{}, remedied(err)
	}
	a, err := judge(value)
	if err == nil && len(warnings) > 0 {
		a.Reason += "; Prometheus warns: " + warnings[0]
	}
	return a, err
}

// judge is Down if a sample is zero, naming the first in the order of the labels:
// Prometheus promises none, and a reason that changes by itself is no news.
func judge(value model.Value) (Answer, error) {
	switch v := value.(type) {
	case model.Vector:
		return judgeVector(v)
	case *model.Scalar:
		return judgeVector(model.Vector{{Metric: model.Metric{}, Value: v.Value}})
	case nil:
		return Answer{}, errors.New("the answer holds no result; check that target is the base URL of a Prometheus")
	default:
		return Answer{}, fmt.Errorf("the expression returns a %s; write one that returns an instant vector or a scalar, such as %q", v.Type(), "up{job=\"mail\"} == bool 1")
	}
}

func judgeVector(v model.Vector) (Answer, error) {
	if len(v) == 0 {
		return Answer{}, errors.New("the expression returns nothing; use == bool, which keeps what is false as 0, and check that the metric exists")
	}
	a := Answer{Verdict: headstart.OK, Values: []headstart.Measurement{{Name: "samples", Value: float64(len(v))}}}
	var zero []string
	for _, s := range v {
		switch {
		case s.Histogram != nil:
			return Answer{}, fmt.Errorf("%s is a histogram; compare a number of it, such as histogram_count", s.Metric)
		case math.IsNaN(float64(s.Value)):
			return Answer{}, fmt.Errorf("%s is not a number; the expression divides by zero or reads a stale value", s.Metric)
		case s.Value == 0:
			zero = append(zero, name(s.Metric))
		}
	}
	if value := float64(v[0].Value); len(v) == 1 && !math.IsInf(value, 0) {
		a.Values = append(a.Values, headstart.Measurement{Name: "value", Value: value})
	}
	switch {
	case len(zero) == 0 && len(v) == 1:
		a.Reason = fmt.Sprintf("the expression is %s", v[0].Value)
	case len(zero) == 0:
		a.Reason = fmt.Sprintf("none of %d samples is zero", len(v))
	default:
		slices.Sort(zero)
		a.Verdict = headstart.Down
		a.Reason = zero[0] + " is zero"
		if len(v) > 1 {
			a.Reason += fmt.Sprintf(", %d of %d are", len(zero), len(v))
		}
	}
	return a, nil
}

// name is the sample as people find it in Prometheus.
func name(m model.Metric) string {
	if len(m) == 0 {
		return "the expression"
	}
	return m.String()
}

// remedied says what to do about an error of the API.
func remedied(err error) error {
	var said *v1.Error
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &said):
		return remedies(said)
	case errors.As(err, &syntax):
		return errors.New("what answers there is no Prometheus; check target")
	}
	return err
}

func remedies(said *v1.Error) error {
	switch {
	case said.Type == v1.ErrBadData:
		return fmt.Errorf("the expression is wrong: %s; correct query", said.Msg)
	case said.Type == v1.ErrExec, said.Type == v1.ErrTimeout, said.Type == v1.ErrCanceled:
		return fmt.Errorf("evaluation ended early: %s; make the expression cheaper, or raise timeout", said.Msg)
	case said.Type == v1.ErrBadResponse:
		return errors.New("what answers there is no Prometheus; check target")
	case strings.HasSuffix(said.Msg, ": 401"), strings.HasSuffix(said.Msg, ": 403"):
		return fmt.Errorf("the log-in is refused (%s); check username and password_file", said.Msg)
	case strings.HasSuffix(said.Msg, ": 404"):
		return errors.New("there is no API under this URL; set target to the base URL of Prometheus, with its path prefix")
	}
	return fmt.Errorf("no answer from Prometheus: %s", said.Msg)
}
