package scoring

// ActorKind says what an [Actor] is, and so by what else than its names a text
// refers to it.
type ActorKind string

// The kinds of actors. Of one whose kind is not known only its names, aliases
// and titles are followed.
const (
	ActorPerson       ActorKind = "person"       // also by surname and pronoun
	ActorCountry      ActorKind = "country"      // also by metonym, with [Actor.Expand]
	ActorOrganisation ActorKind = "organisation" // a company, a body of states
)

// Actor is someone or something whose tone is tracked: a person, a government,
// an organisation, a company.
type Actor struct {
	// Name is how the rest of the program calls the actor, and the first of
	// its aliases. Of a person it is the full name.
	Name string

	Kind ActorKind

	// Aliases are other phrases that mean the actor: "DPRK", "Pyongyang". No
	// two actors may share one. Where a text has named somebody else by an
	// alias that is a surname, it means that one.
	Aliases []string

	// Titles mean the actor only after the text has named it: "U.S.
	// president", "the company". Actors may share them.
	Titles []string

	// Not are phrases that hold a name of the actor and mean something else:
	// "Trump Tower", "Kim Yo Jong".
	Not []string

	// Pronouns are those of a person: "he", "she", "they", or "" where the
	// given name is to tell.
	Pronouns string

	// Expand lets the capital of a country, the seat of its government and
	// its adjective stand for it, where they mean the government: "Seoul
	// said", "the South Korean military".
	Expand bool
}
