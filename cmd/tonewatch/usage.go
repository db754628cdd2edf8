package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// misused is a usage error that says where to look.
func misused(c *cobra.Command, err error) error {
	return &usageError{fmt.Errorf("%w\nSee %q", err, c.CommandPath()+" --help")}
}

// strict makes usage errors of what cobra finds wrong with a command line, and of
// what it answers with help: no command, or one that is not known. The commands
// that cobra adds are held to the same.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if unknown := noCommand(c, c.Flags().Args()); c.HasSubCommands() && unknown != nil {
			err = unknown // its flags cannot be known either
		}
		return misused(c, err)
	})
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := errors.Join(c.ValidateRequiredFlags(), c.ValidateFlagGroups()); err != nil {
			return misused(c, err)
		}
		return nil
	}
	strictArgs(root)
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() } // for who knows none of them yet
}

// strictArgs minds the arguments of c and of the commands below it.
func strictArgs(c *cobra.Command) {
	check := c.Args
	switch {
	case c.HasSubCommands():
		check = noCommand
		c.RunE = func(c *cobra.Command, _ []string) error { return misused(c, errors.New("a command is missing")) }
	case c.Name() == "help":
		check = func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			return errors.Join(err, noCommand(found, rest))
		}
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return misused(c, err)
		}
		return nil
	}
	for _, sub := range c.Commands() {
		strictArgs(sub)
	}
}

// noCommand refuses arguments where commands below c are meant.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	meant := ""
	c.SuggestionsMinimumDistance = 2 // cobra's own default, which it sets late
	// An empty word is like the beginning of all.
	if near := c.SuggestionsFor(args[0]); args[0] != "" && len(near) > 0 {
		meant = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), meant)
}
