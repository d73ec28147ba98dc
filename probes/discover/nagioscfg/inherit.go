package nagioscfg

import (
	"maps"
	"strings"
)

// templates are the definitions with a name, by type and name.
type templates map[string]*raw

func templatesOf(c *Config, objects []*raw) templates {
	t := templates{}
	for _, o := range objects {
		if o.name == "" {
			continue
		}
		key := o.Type + "/" + o.name
		if t[key] != nil {
			c.wrong(o.Place, "template %s of %ss is defined at %s too, which is kept; rename one of the two", shown(o.name), shown(o.Type), t[key].Place)
			continue
		}
		t[key] = o
	}
	return t
}

// fill returns an object's directives with what its templates add: the first that has
// a directive counts, null keeps one from being inherited, and + before a value puts it
// behind what is inherited. Templates that lead back to themselves end there.
func (t templates) fill(c *Config, o *raw, depth int) map[string]string {
	switch {
	case o.state == 2:
		return o.whole
	case o.state == 1:
		c.wrong(o.Place, "its templates lead back to it; remove one use")
		return nil
	case depth > mostTemplates:
		c.wrong(o.Place, "more than %d templates stand inside each other; use fewer", mostTemplates)
		return nil
	}
	o.state = 1
	whole := maps.Clone(o.Is)
	uses := list(o.Is["use"])
	if len(uses) > mostTemplates {
		c.wrong(o.Place, "uses more than %d templates; the rest is left out", mostTemplates)
		uses = uses[:mostTemplates]
	}
	for _, name := range uses {
		of := t[o.Type+"/"+name]
		if of == nil {
			c.wrong(o.Place, "uses template %s, which is not in these files; import the file that has it too", shown(name))
			continue
		}
		more := t.fill(c, of, depth+1)
		if !c.spend(o.Place, len(more)) {
			break
		}
		for key, value := range more {
			if key != "use" {
				c.inherit(o, whole, key, value)
			}
		}
	}
	o.state, o.whole = 2, whole
	return whole
}

// inherit adds one directive of a template.
func (c *Config) inherit(o *raw, whole map[string]string, key, value string) {
	own, set := whole[key]
	switch {
	case !set:
		whole[key] = value
	case !strings.HasPrefix(own, "+") || value == "null" || value == "":
	case len(value)+len(own) > mostValue:
		c.wrong(o.Place, "%s with what it inherits is longer than %d KiB; shorten it", shown(key), mostValue>>10)
	default:
		whole[key] = value + "," + strings.TrimPrefix(own, "+") // with the template's own +, if it has one
	}
}

// finish takes the marks of inheritance off.
func finish(whole map[string]string) map[string]string {
	out := make(map[string]string, len(whole))
	for key, value := range whole {
		if value = strings.TrimPrefix(value, "+"); value != "null" {
			out[key] = value
		}
	}
	return out
}
