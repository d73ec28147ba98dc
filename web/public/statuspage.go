package public

import (
	"time"

	"headstart"
)

// The types below are the answers of Statuspage's read API, version 2, field for
// field, so that what was written for pages of Atlassian's Statuspage reads ours:
// https://metastatuspage.com/api names the files and the values, answers of pages
// that stand there are where the fields without words come from. A field that we
// have nothing for is null, as it is there.

type spPage struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	TimeZone  string `json:"time_zone"`
	UpdatedAt spTime `json:"updated_at"`
}

type spStatus struct {
	Indicator   string `json:"indicator"` // none minor major critical
	Description string `json:"description"`
}

type spComponent struct {
	ID                 string  `json:"id"`
	Name               string  `json:"name"`
	Status             string  `json:"status"` // operational degraded_performance partial_outage major_outage under_maintenance
	CreatedAt          spTime  `json:"created_at"`
	UpdatedAt          spTime  `json:"updated_at"`
	Position           int     `json:"position"` // from 1
	Description        *string `json:"description"`
	Showcase           bool    `json:"showcase"`
	StartDate          *string `json:"start_date"` // a day
	GroupID            *string `json:"group_id"`
	PageID             string  `json:"page_id"`
	Group              bool    `json:"group"`
	OnlyShowIfDegraded bool    `json:"only_show_if_degraded"`
}

// spIncident is an incident, or planned work: that has its two times besides.
type spIncident struct {
	ID                string        `json:"id"`
	Name              string        `json:"name"`
	Status            string        `json:"status"` // investigating identified monitoring resolved postmortem, scheduled in_progress verifying completed
	CreatedAt         spTime        `json:"created_at"`
	UpdatedAt         spTime        `json:"updated_at"`
	MonitoringAt      *spTime       `json:"monitoring_at"`
	ResolvedAt        *spTime       `json:"resolved_at"`
	Impact            string        `json:"impact"` // none minor major critical
	Shortlink         string        `json:"shortlink"`
	StartedAt         spTime        `json:"started_at"`
	PageID            string        `json:"page_id"`
	IncidentUpdates   []spUpdate    `json:"incident_updates"` // newest first
	Components        []spComponent `json:"components"`
	ReminderIntervals *string       `json:"reminder_intervals"`
	ScheduledFor      *spTime       `json:"scheduled_for,omitempty"`
	ScheduledUntil    *spTime       `json:"scheduled_until,omitempty"`
}

type spUpdate struct {
	ID                   string       `json:"id"`
	Status               string       `json:"status"`
	Body                 string       `json:"body"`
	IncidentID           string       `json:"incident_id"`
	CreatedAt            spTime       `json:"created_at"`
	UpdatedAt            spTime       `json:"updated_at"`
	DisplayAt            spTime       `json:"display_at"`
	AffectedComponents   []spAffected `json:"affected_components"`
	DeliverNotifications bool         `json:"deliver_notifications"`
	CustomTweet          *string      `json:"custom_tweet"`
	TweetID              *string      `json:"tweet_id"`
}

type spAffected struct {
	Code      string `json:"code"` // id of the component
	Name      string `json:"name"`
	OldStatus string `json:"old_status"`
	NewStatus string `json:"new_status"`
}

// The files. Each begins with the page.
type (
	spStatusFile struct {
		Page   spPage   `json:"page"`
		Status spStatus `json:"status"`
	}
	spComponentsFile struct {
		Page       spPage        `json:"page"`
		Components []spComponent `json:"components"`
	}
	spIncidentsFile struct {
		Page      spPage       `json:"page"`
		Incidents []spIncident `json:"incidents"`
	}
	spMaintenancesFile struct {
		Page      spPage       `json:"page"`
		Scheduled []spIncident `json:"scheduled_maintenances"`
	}
	spSummaryFile struct {
		Page       spPage        `json:"page"`
		Components []spComponent `json:"components"`
		Incidents  []spIncident  `json:"incidents"`              // not over
		Scheduled  []spIncident  `json:"scheduled_maintenances"` // not over
		Status     spStatus      `json:"status"`
	}
)

// spTime is a time as those pages write it: with milliseconds and the offset of
// the page's zone.
type spTime time.Time

// MarshalText writes the time.
func (t spTime) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).Format("2006-01-02T15:04:05.000Z07:00")), nil
}

// spPhase is the status of a phase (announcements.md, section 2).
func spPhase(p headstart.Phase) string {
	switch p {
	case headstart.Investigating, headstart.Reopened:
		return "investigating"
	case headstart.Solved, headstart.Withdrawn:
		return "resolved"
	case headstart.MaintenanceAnnounced:
		return "scheduled"
	case headstart.MaintenanceStarted, headstart.MaintenanceExtended:
		return "in_progress"
	case headstart.MaintenanceDone, headstart.MaintenanceCancelled:
		return "completed"
	default: // what comes between the first message and the last
		return "identified"
	}
}
