package slack

import (
	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// replyBlocks say what is new, briefly: the alert above has the rest.
func replyBlocks(r alerts.Reply, l Look, most int) []slackgo.Block {
	news := calling(r.Alert, l)
	if len(news) > 0 {
		news = append(news, text("\n", nil))
	}
	news = append(news, text(r.Headline(), bold), text("\n"+r.Figures(), nil))
	stories := evidence(r.Stories(most))
	if len(stories) > 0 {
		news = append(news, text("\n\n", nil))
	}
	parts := append([]slackgo.RichTextElement{slackgo.NewRichTextSection(news...)}, stories...)
	return []slackgo.Block{slackgo.NewRichTextBlock("", parts...)}
}

// maxRows is how many alerts a digest shows.
const maxRows = 30

// digestBlocks are a table of the alerts, in plain cells.
func digestBlocks(d alerts.Digest, most int) []slackgo.Block {
	rows, more := d.Rows(most)
	table := slackgo.NewTableBlock("").WithColumnSettings(
		slackgo.ColumnSetting{IsWrapped: true}, slackgo.ColumnSetting{IsWrapped: true},
		slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentRight}, slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentRight},
		slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentRight},
	)
	for _, r := range append([]alerts.Row{alerts.Columns()}, rows...) {
		var cells []slackgo.TableCell
		for _, s := range []string{r.Actor, r.What, r.Size, r.Sigma, r.Stories} {
			cells = append(cells, slackgo.NewTableRawTextCell(s))
		}
		table.AddRow(cells...)
	}
	blocks := []slackgo.Block{slackgo.NewHeaderBlock(plain(d.Headline())), table}
	if more > 0 {
		blocks = append(blocks, slackgo.NewContextBlock("", plain(moreOf(more))))
	}
	return blocks
}

// maxLines is how many lines of a note are shown.
const maxLines = 30

// noteBlocks are a title and a list.
func noteBlocks(n alerts.Note, most int) []slackgo.Block {
	blocks := []slackgo.Block{slackgo.NewHeaderBlock(plain(n.Headline()))}
	lines, more := n.Text(most)
	if more > 0 {
		lines = append(lines, moreOf(more))
	}
	var items []slackgo.RichTextElement
	for _, line := range lines {
		items = append(items, slackgo.NewRichTextSection(text(line, nil)))
	}
	if len(items) > 0 {
		blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextList(slackgo.RTEListBullet, 0, items...)))
	}
	return blocks
}
