package demo

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"time"

	"go.yaml.in/yaml/v3"

	"tribuna/models"
)

//go:embed data
var files embed.FS

// data is what the files say.
type data struct {
	Network       networkData
	Authorities   []authorityData
	Organisations []organisationData
	Grants        []grantData
	People        peopleData
	Readers       []readersData
	Procedures    []procedureData
}

type networkData struct {
	Zone      string
	Languages []struct {
		Tag, Endonym string
		Names        models.Names
	}
	Countries []struct {
		Code, Zone string
		Names      models.Names
	}
	Challenges, Topics []struct {
		Slug  string
		Names models.Names
	}
}

type authorityData struct {
	Slug, Country, Level, Parent string
	Email, Address               string // of the office; neither where nobody can write to it
	Government                   bool   // answers for the whole State
	Names                        models.Names
}

type organisationData struct {
	Slug, Name, Kind, Parent string
	VotesWith                string `yaml:"votes_with"` // empty: has a vote of its own
	Countries                []string
	MemberFrom               day `yaml:"member_from"` // absent: not a member
}

type grantData struct {
	Slug, Number, Funder, Title string
	Emblems                     map[string]string // language, name of a file in data/emblems
	From, Until                 day
	Statements                  map[string]struct{ Statement, Disclaimer string }
	Designations                map[string]map[string]struct{ Designation, Footnote string } // country, language
}

type peopleData struct {
	Accounts []personData
	Experts  []expertData
}

type personData struct {
	Slug, Name, Email, Language, Country string
	Languages, Topics                    []string
	Naming                               string
	Roles                                []struct{ Role, In string }
}

type expertData struct {
	personData `yaml:",inline"`
	In         string
	Account    bool // signs in with the demo password as well
}

type readersData struct {
	Language             string
	Share                int
	Countries            []string
	Women, Men, Surnames []string
}

type procedureData struct {
	Slug     string
	Names    models.Names
	Document models.ProcedureDocument
}

// day is a calendar day as the files write it.
type day struct{ time.Time }

// UnmarshalYAML reads an ISO 8601 day.
func (d *day) UnmarshalYAML(node *yaml.Node) error {
	t, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	d.Time = t
	return nil
}

func readData() (*data, error) {
	d := &data{Procedures: make([]procedureData, 3)}
	for name, into := range map[string]any{
		"network.yaml":                &d.Network,
		"authorities.yaml":            &d.Authorities,
		"organisations.yaml":          &d.Organisations,
		"grants.yaml":                 &d.Grants,
		"people.yaml":                 &d.People,
		"subscribers.yaml":            &d.Readers,
		"procedures/default.yaml":     &d.Procedures[0],
		"procedures/fast.yaml":        &d.Procedures[1],
		"procedures/walkthrough.yaml": &d.Procedures[2],
	} {
		if err := readYAML(name, into); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Languages are the tags of the demo network's languages, in its order.
func Languages() ([]string, error) {
	var n networkData
	if err := readYAML("network.yaml", &n); err != nil {
		return nil, err
	}
	tags := make([]string, 0, len(n.Languages))
	for _, language := range n.Languages {
		tags = append(tags, language.Tag)
	}
	return tags, nil
}

// readYAML reads one of the files; a field it does not know is an error, for it is a misspelling.
func readYAML(name string, into any) error {
	raw, err := files.ReadFile(path.Join("data", name))
	if err != nil {
		return fmt.Errorf("read demo data: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("read demo data %s: %w", name, err)
	}
	return nil
}
