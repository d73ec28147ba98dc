package web

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config is what the pages need of headstart.yml.
type Config struct {
	Language    string `yaml:"language" json:"language"`         // nl or en: of whoever chose none
	Timezone    string `yaml:"timezone" json:"timezone"`         // IANA name
	ExternalURL string `yaml:"external_url" json:"external_url"` // where people reach the desk
	Contact     string `yaml:"contact" json:"contact"`           // of the helpdesk, on every page
}

// DefaultConfig is Dutch, in Amsterdam.
func DefaultConfig() Config {
	return Config{Language: "nl", Timezone: "Europe/Amsterdam", ExternalURL: "http://127.0.0.1:8480"}
}

// Validate reports every mistake at once.
func (c *Config) Validate() error {
	var errs []error
	if c.Language != "nl" && c.Language != "en" {
		errs = append(errs, fmt.Errorf("language is %q; write nl or en", c.Language))
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" {
		errs = append(errs, fmt.Errorf("timezone is %q; write an IANA name such as Europe/Amsterdam", c.Timezone))
	}
	return errors.Join(append(errs, absolute("external_url", c.ExternalURL))...)
}

func absolute(key, s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("%s is %q; write the whole address, such as https://storingen.example.org", key, s)
	}
	return nil
}
