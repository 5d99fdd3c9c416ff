package wording

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tribuna/models"
)

// family are the words for the values of a kind: a state, a role, a level.
type family struct {
	pattern string   // of their keys; "*" stands for the value
	values  []string // all that there are
	typed   string   // or the type in package models whose constants they are
	except  []string // those that nobody is ever told
}

// Where somebody does not answer by a task of their own there is nothing to say in the mail that asks.
var never = []string{string(models.TaskReview), string(models.TaskConsult), string(models.TaskTranslate), string(models.TaskApproveTranslation),
	string(models.TaskSignOff), string(models.TaskReportProgress)}

var families = []family{
	{pattern: "account.role.*", values: models.RoleNames()},
	{pattern: "signin.state.*", values: models.AccountStates()},
	{pattern: "signin.scope.*", values: models.Scopes()},
	{pattern: "signin.scope.*.about", values: models.Scopes()},
	{pattern: "authority.level.*", values: models.AuthorityLevels()},
	{pattern: "organisation.kind.*", values: models.OrganisationKinds()},
	{pattern: "published.kind.*", values: models.RecommendationKinds()},
	{pattern: "contacts.basis.*", values: models.ContactBases()},
	{pattern: "imported.column.*", values: models.ImportColumns()},
	{pattern: "person.naming.*", values: []string{models.NamingPublic, models.NamingNetwork, models.NamingNone}},
	{pattern: "profile.naming.*", values: []string{models.NamingPublic, models.NamingNetwork, models.NamingNone}},
	{pattern: "review.naming.*", values: []string{models.NamingPublic, models.NamingNetwork, models.NamingNone}},
	{pattern: "review.answer.*", values: reviewAnswers},
	{pattern: "recommendation.answer.*", values: reviewAnswers},
	{pattern: "recommendation.votes.*", values: reviewAnswers},
	{pattern: "signoff.answer.*", values: signOffAnswers},
	{pattern: "signoff.said.*", values: signOffAnswers},
	{pattern: "mail.answer.*", values: slices.Concat(reviewAnswers, signOffAnswers)},
	{pattern: "signoff.rule.*", values: []string{models.SignOffAll, models.SignOffMajority, models.SignOffNoObjection}},
	{pattern: "report.kind.*", typed: "ReportKind"},
	{pattern: "dashboard.stage.*", typed: "Stage"},
	{pattern: "followup.status.*", values: statuses()},
	{pattern: "mail.status.*", values: statuses()},
	{pattern: "mailing.state.*", typed: "MailingState"},
	{pattern: "recommendation.translation.*", typed: "TranslationState"},
	{pattern: "administration.*", typed: "ReferenceList"},
	{pattern: "home.ask.*", typed: "TaskKind"},
	{pattern: "home.about.*", typed: "TaskKind", except: []string{string(models.TaskEscalation)}},
	{pattern: "home.button.*", typed: "TaskKind"},
	{pattern: "recommendation.awaited.*", typed: "TaskKind"},
	{pattern: "mail.ask.*", typed: "TaskKind"},
	{pattern: "mail.why.*", typed: "TaskKind"},
	{pattern: "mail.task.*.subject", typed: "TaskKind", except: never},
	{pattern: "mail.task.*.lead", typed: "TaskKind", except: never},
	{pattern: "mail.task.*.button", typed: "TaskKind", except: never},
}

var (
	reviewAnswers  = []string{models.AnswerSupport, models.AnswerSupportWithChanges, models.AnswerDoNotSupport}
	signOffAnswers = []string{models.SignOffApprove, models.SignOffApproveWithCondition, models.SignOffAbstain,
		models.SignOffOutsideMandate, models.SignOffDoNotCosign}
)

func statuses() (all []string) {
	for _, s := range models.FollowUpStatuses() {
		all = append(all, string(s))
	}
	return all
}

// valuesWithoutWords are the values of the program that no catalog has words for.
func valuesWithoutWords(root string, english catalog) (wrong []string, err error) {
	typed, err := constants(filepath.Join(root, "models"))
	if err != nil {
		return nil, err
	}
	for _, f := range families {
		values := f.values
		if f.typed != "" {
			values = typed[f.typed]
		}
		if len(values) == 0 {
			wrong = append(wrong, fmt.Sprintf("there are no values of the type %s in package models any more", f.typed))
		}
		for _, value := range values {
			key := strings.Replace(f.pattern, "*", value, 1)
			if _, there := english[key]; !there && !slices.Contains(f.except, value) {
				wrong = append(wrong, fmt.Sprintf("the value %q has no words: there is no %q", value, key))
			}
		}
	}
	return wrong, nil
}

// constants are the string constants of a package by the name of their type.
func constants(dir string) (map[string][]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	typed := map[string][]string{}
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".go" || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, 0)
		if err != nil {
			return nil, err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, is := n.(*ast.ValueSpec); is {
				if name, ok := spec.Type.(*ast.Ident); ok {
					for _, v := range spec.Values {
						if s, ok := literal(v); ok {
							typed[name.Name] = append(typed[name.Name], s)
						}
					}
				}
			}
			return true
		})
	}
	return typed, nil
}
