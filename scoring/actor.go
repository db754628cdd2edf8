package scoring

// Actor is someone or something whose tone is tracked: a person, a government,
// an organisation, a company.
type Actor struct {
	// Name is how the rest of the program calls the actor, and the first of
	// its aliases.
	Name string

	// Aliases are other phrases that always mean the actor: "DPRK",
	// "Pyongyang". No two actors may share one.
	Aliases []string

	// Titles mean the actor only after the text has named it: "U.S.
	// president", "the company". Actors may share them.
	Titles []string

	// Not are phrases that hold a name of the actor and mean something else:
	// "Trump Tower", "Kim Yo Jong".
	Not []string
}
