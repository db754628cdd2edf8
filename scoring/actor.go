package scoring

// Actor is someone or something whose tone is tracked: a person, a government,
// an organisation, a company.
type Actor struct {
	// Name is how the rest of the program calls the actor, and the first of
	// its aliases.
	Name string

	// Kind is what the actor is; "" where nobody said.
	Kind ActorKind

	// Aliases are other phrases that always mean the actor: "DPRK",
	// "Pyongyang". No two actors may share one.
	Aliases []string

	// Titles mean the actor only after the text has named it: "U.S.
	// president", "the company". Actors may share them.
	Titles []string

	// Not are phrases that hold a name of the actor and mean something else:
	// "Trump Tower", "Kim Yo Jong".
	Not []string

	// Pronouns are those of a person: "he", "she", "they", or "" for unknown.
	Pronouns string

	// Expand lets a country's capital, seat of government and demonym stand for
	// it where they mean its government.
	Expand bool
}

// ActorKind is what an actor is.
type ActorKind string

// The kinds of actors.
const (
	ActorPerson       ActorKind = "person"
	ActorCountry      ActorKind = "country"
	ActorOrganisation ActorKind = "organisation"
)
