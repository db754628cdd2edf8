package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/configs"
)

func newHealthcheck() *cobra.Command {
	var path, url string
	var asJSON bool
	c := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask a running daemon for its health; exit 1 when it fails",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if url == "" {
				config, err := configs.LoadWithoutSecrets(path)
				if err != nil {
					return err
				}
				url = "http://" + config.HTTP.Listen + "/health"
			}
			report, err := web.Check(c.Context(), url)
			if asJSON && report.Status != "" {
				if err := json.NewEncoder(c.OutOrStdout()).Encode(report); err != nil {
					return err
				}
			} else if report.Status != "" {
				fmt.Fprintln(c.OutOrStdout(), report)
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&url, "url", "", "health `address`; default from http.listen of the configuration")
	c.Flags().BoolVar(&asJSON, "json", false, "print the whole answer as JSON")
	return c
}
