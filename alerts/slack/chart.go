package slack

import (
	"slices"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// drawing is a chart that Slack draws itself, a line chart of its block
// data_visualization.
func drawing(c alerts.Chart) *slackgo.DataVisualizationBlock {
	axes := slackgo.NewDataVisualizationAxisConfig(c.Labels...).WithXLabel("UTC").WithYLabel(c.Unit)
	var lines []slackgo.DataVisualizationDataSeries
	for _, l := range c.Lines {
		var points []slackgo.DataVisualizationDataPoint
		for i, v := range l.Values {
			points = append(points, slackgo.NewDataVisualizationDataPoint(c.Labels[i], v))
		}
		lines = append(lines, slackgo.NewDataVisualizationDataSeries(l.Name, points...))
	}
	return slackgo.NewDataVisualizationBlock(c.Title, slackgo.NewDataVisualizationLineChart(axes, lines...))
}

// charted says whether the message has a chart for Slack to draw.
func (m Message) charted() bool {
	return slices.ContainsFunc(m.Blocks, func(b slackgo.Block) bool { return b.BlockType() == slackgo.MBTDataVisualization })
}
