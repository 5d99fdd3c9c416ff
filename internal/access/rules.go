package access

// Action is something people do.
type Action string

// The actions.
const (
	CreateRecommendation Action = "create_recommendation"
	ReadRecommendation   Action = "read_recommendation"
	ReadWorkingText      Action = "read_working_text"   // versions and translations, beyond what is published
	ReadNetworkMatter    Action = "read_network_matter" // what was said within the network
	EditDraft            Action = "edit_draft"
	StartReview          Action = "start_review"
	InviteReviewer       Action = "invite_reviewer"
	DecideReview         Action = "decide_review"
	AssignTranslator     Action = "assign_translator"
	ResolveSignoff       Action = "resolve_signoff"
	Publish              Action = "publish"
	RecordDelivery       Action = "record_delivery"
	Hold                 Action = "hold"
	Resume               Action = "resume"
	Withdraw             Action = "withdraw"
	RecordOnBehalf       Action = "record_on_behalf"

	ReadTask           Action = "read_task"
	ReadAnswer         Action = "read_answer" // what was said to a task, and by whom
	Review             Action = "review"
	Consult            Action = "consult"
	Translate          Action = "translate"
	ApproveTranslation Action = "approve_translation"
	SignOff            Action = "sign_off"
	ReportProgress     Action = "report_progress"
	EndFollowup        Action = "end_followup"
	AssignFocalPoint   Action = "assign_focal_point"

	ReadMailing   Action = "read_mailing"
	CreateMailing Action = "create_mailing"
	EditMailing   Action = "edit_mailing"
	LaunchMailing Action = "launch_mailing"
	PauseMailing  Action = "pause_mailing"
	CancelMailing Action = "cancel_mailing"
	ReadCampaign  Action = "read_campaign" // its series of mailings, letters, calls, meetings and events
	EditCampaign  Action = "edit_campaign" // plan, change and settle its steps
	ListCampaigns Action = "list_campaigns"

	ReadRecord     Action = "read_record"
	ReadAttachment Action = "read_attachment"
	RedactRecord   Action = "redact_record"
	Administer     Action = "administer"
	HandOver       Action = "hand_over" // pass on what somebody holds to another
	LookInto       Action = "look_into" // settle what is overdue: remind, give more time, leave it

	ImportRecommendations Action = "import_recommendations"

	ReadOverview Action = "read_overview" // where everything stands, and what moved
	FindPeople   Action = "find_people"   // look for experts and translators
)

// Actions lists every action there is.
func Actions() []Action {
	all := make([]Action, 0, len(rules))
	for a := range rules {
		all = append(all, a)
	}
	return all
}

// about says what an action is about, and so what must be hidden from those who may not see it.
type about int

const (
	nothing about = iota // no existing object: nothing to hide
	text                 // a recommendation
	task
	mailing    // or its campaign
	entry      // of the record
	attachment // the original of what was recorded on somebody's behalf
)

// seenBy is the action that those who may see the object may do.
func (a about) seenBy() Action {
	return [...]Action{text: ReadRecommendation, task: ReadTask, mailing: ReadMailing, entry: ReadRecord, attachment: ReadAttachment}[a]
}

type rule struct {
	about  about
	byLink bool // also by a personal link, for that link's task
	who    []condition
}

// owners decide on a recommendation: the officers of the organisation that owns it, and the network's coordinator.
var owners = []condition{ownOfficer, coordinator}

// rules is the whole of it. Where an action answers a task and has byLink, the personal link in the mail is enough to
// do it; the person must be entitled all the same, so that somebody who left an organisation no longer speaks for it.
// What moves a recommendation on has none: a mail that was passed on or read by others must not publish anything, so the
// officer signs in.
var rules = map[Action]rule{
	CreateRecommendation: {nothing, false, owners},
	ReadRecommendation:   {text, false, []condition{published, ownOfficer, coordinator, inCharge, network, involved}},
	ReadWorkingText:      {text, false, []condition{ownOfficer, coordinator, inCharge, network, involved}},
	ReadNetworkMatter:    {text, false, []condition{ownOfficer, coordinator, inCharge, network}},
	EditDraft:            {text, false, owners},
	StartReview:          {text, false, owners},
	InviteReviewer:       {text, false, owners},
	DecideReview:         {text, false, owners},
	AssignTranslator:     {text, false, owners},
	ResolveSignoff:       {text, false, owners},
	Publish:              {text, false, owners},
	RecordDelivery:       {text, false, owners},
	Hold:                 {text, false, owners},
	Resume:               {text, false, owners},
	Withdraw:             {text, false, owners},
	RecordOnBehalf:       {text, false, []condition{ownOfficerUnmasked, keyHolder}},

	ReadTask:           {task, true, []condition{asked, spokesperson, ownOfficer, coordinator}},
	ReadAnswer:         {task, true, []condition{asked, spokesperson, ownOfficerUnmasked, keyHolder}},
	Review:             {task, true, []condition{asked}},
	Consult:            {task, true, []condition{spokesperson}},
	Translate:          {task, true, []condition{askedLinguist}},
	ApproveTranslation: {task, true, []condition{secondPair}},
	SignOff:            {task, true, []condition{spokesperson}},
	ReportProgress:     {text, true, []condition{spokesperson, ownOfficer, coordinator}},
	EndFollowup:        {text, false, owners},
	AssignFocalPoint:   {text, false, []condition{ownOfficer, coordinator, officerAsked, partnerThere}},

	ReadMailing:   {mailing, false, owners},
	CreateMailing: {text, false, owners},
	EditMailing:   {mailing, false, owners},
	LaunchMailing: {mailing, false, owners},
	PauseMailing:  {mailing, false, owners},
	CancelMailing: {mailing, false, owners},
	ReadCampaign:  {mailing, false, owners},
	EditCampaign:  {mailing, false, owners},
	ListCampaigns: {nothing, false, []condition{coordinator, officer}}, // each their own, see models.Campaigns

	ReadRecord:     {entry, false, []condition{openEntry, networkEntry, involvedEntry, ownOfficer, coordinator}},
	ReadAttachment: {attachment, true, []condition{spokenFor, ownOfficerUnmasked, keyHolder, readsEvidence}},
	RedactRecord:   {text, false, []condition{coordinator}},
	Administer:     {nothing, false, []condition{coordinator}},
	HandOver:       {text, false, []condition{coordinator}},
	LookInto:       {text, false, []condition{coordinator}},

	ImportRecommendations: {nothing, false, []condition{coordinator}},

	ReadOverview: {nothing, false, []condition{coordinator, officer, partner}}, // the others see what is published
	FindPeople:   {nothing, false, []condition{coordinator, officer}},          // who choose whom to ask
}
