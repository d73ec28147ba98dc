package systems

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// wellKnown are folders that Graph knows by a name of its own, whatever language
// the mailbox speaks.
var wellKnown = []string{"inbox", "archive", "sentitems", "deleteditems", "junkemail"}

// folder finds a folder by its well-known name, or by its path of names.
func (g *graphServer) folder(ctx context.Context, name string) (*graphFolder, error) {
	if f := g.folders[name]; f != nil {
		return f, nil
	}
	if slices.Contains(wellKnown, strings.ToLower(name)) {
		return &graphFolder{id: strings.ToLower(name)}, nil
	}
	id, under := "", g.path+"/mailFolders"
	for step := range strings.SplitSeq(name, "/") {
		if slices.Contains(wellKnown, strings.ToLower(step)) && id == "" {
			id = strings.ToLower(step)
		} else {
			var list struct {
				Value []struct {
					ID string `json:"id"`
				} `json:"value"`
			}
			q := url.Values{"$filter": {"displayName eq '" + strings.ReplaceAll(step, "'", "''") + "'"}, "$select": {"id"}}
			if _, err := g.get(ctx, under, q, "", &list); err != nil {
				return nil, err
			}
			if len(list.Value) == 0 || list.Value[0].ID == "" {
				return nil, noFolder(name)
			}
			id = list.Value[0].ID
		}
		under = g.path + "/mailFolders/" + url.PathEscape(id) + "/childFolders"
	}
	return &graphFolder{id: id}, nil
}

// errNoFolder is a folder that is not there.
var errNoFolder = errors.New("there is no such folder; correct queues")

func noFolder(name string) error { return fmt.Errorf("%w: %q", errNoFolder, name) }

// check implements mailServer: folders, rights, clock, and whether the application
// is kept out of other mailboxes.
func (g *graphServer) check(ctx context.Context, rep *Report) error {
	for _, name := range g.box.folders() {
		f, err := g.folder(ctx, name)
		if err == nil {
			var about struct {
				ID string `json:"id"`
			}
			var a *answer
			if a, err = g.get(ctx, g.path+"/mailFolders/"+url.PathEscape(f.id), url.Values{"$select": {"id"}}, "", &about); err == nil {
				rep.Skew = a.skew(time.Now())
			}
		}
		switch {
		case errors.Is(err, errNoFolder), errors.Is(err, ErrNotFound):
			rep.lack(fmt.Sprintf("folder %q of %s is not there; correct queues or mailbox", name, g.box.address))
		case err != nil:
			return err
		}
	}
	return g.checkOthers(ctx, rep)
}

// checkOthers tries a mailbox that is none of ours. Unless an administrator
// narrows it, an application reads the mail of everybody.
func (g *graphServer) checkOthers(ctx context.Context, rep *Report) error {
	other := strings.ToLower(g.box.ForbiddenMailbox)
	if other == "" {
		rep.lack("nothing shows that the application reads no other mailbox; set forbidden_mailbox to one it must not read, and this tries it")
		return nil
	}
	var about struct{}
	_, err := g.get(ctx, "/v1.0/users/"+other+"/mailFolders/inbox", url.Values{"$select": {"id"}}, "", &about)
	switch {
	case err == nil:
		rep.lack("the application reads the mail of " + other + " too; limit it to this mailbox, as docs/tickets/mailbox.md says")
	case errors.Is(err, ErrNotFound):
		rep.lack("forbidden_mailbox is no mailbox, so nothing was tried; name one that exists")
	case !errors.Is(err, ErrForbidden):
		return err
	}
	return nil
}
