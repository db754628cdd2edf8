package alerts

import (
	"context"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// message is a delivery as it is to be shown now.
func (d *Deliverer) message(ctx context.Context, row monitor.Delivery) (m Message, err error) {
	m.Key, m.Thread = row.Key, Receipt{row.ThreadChannel, row.ThreadTS}
	body, err := thaw(row.Body)
	if err != nil {
		return m, err
	}
	if row.Kind == monitor.NoteDelivery {
		m.Note = body.Note
		return m, nil
	}
	silences, err := d.Store.Silences(ctx, d.Now())
	if err != nil {
		return m, err
	}
	var list []Alert
	for _, s := range row.Subjects {
		a, err := d.alert(ctx, s, silences)
		if err != nil {
			return m, err
		}
		list = append(list, a)
	}
	switch {
	case row.Kind == monitor.DigestDelivery:
		m.Digest = &Digest{Since: time.UnixMilli(row.Slot).UTC(), Alerts: list}
	case len(list) != 1:
		return m, fmt.Errorf("it has %d alerts, not 1", len(list)) // unreachable unless corrupt
	case row.Kind == monitor.ReplyDelivery:
		list[0].Mention = body.Mention
		if body.Episode != nil {
			list[0].Episode = *body.Episode
		}
		m.Reply = &Reply{Alert: list[0], News: News(row.News)}
	default:
		m.Alert = &list[0]
	}
	return m, nil
}

// alert is an episode with all that is shown beside it. The rule may be gone.
func (d *Deliverer) alert(ctx context.Context, s monitor.Subject, silences []monitor.Silence) (a Alert, err error) {
	body, err := thaw(s.Body)
	if err != nil {
		return a, err
	}
	acts, err := d.Store.Acts(ctx, s.Episode.ID)
	if err != nil {
		return a, err
	}
	a = newAlert(s.Episode, d.Rules)
	a.Key, a.Mention, a.Engine, a.Config = s.Key, body.Mention, d.Engine, d.Config
	a.Remarks, a.Silenced = Remarks(acts), monitor.Silenced(silences, s.Episode, d.Now())
	return a, nil
}
