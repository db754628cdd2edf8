package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"syscall"
)

// refusal is a request that tonewatch itself will not make.
type refusal string

func (r refusal) Error() string { return string(r) }

// Not public although netip has no predicate for them. A translated address
// hides an IPv4 one, which may be private.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // carrier-grade NAT; some clouds' metadata
	netip.MustParsePrefix("168.63.129.16/32"), // a cloud's metadata
	netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments; a cloud's metadata
	netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),      // reserved, broadcast
	netip.MustParsePrefix("::/96"),            // IPv4-compatible
	netip.MustParsePrefix("64:ff9b::/96"),     // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),   // local NAT64
	netip.MustParsePrefix("2001::/32"),        // Teredo
	netip.MustParsePrefix("2002::/16"),        // 6to4
	netip.MustParsePrefix("fec0::/10"),        // site-local
}

// guard refuses connections to addresses that are not public. It runs on the
// address that was resolved, at every connection, so that neither a redirect
// nor a name that changes its address between check and use gets around it.
func guard(allow []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return refusal(fmt.Sprintf("%q is no network address", address))
		}
		ip := target.Addr().Unmap().WithZone("")
		for _, p := range allow {
			if p.Contains(ip) {
				return nil
			}
		}
		if !isPublic(ip) {
			return refusal(fmt.Sprintf("%s is not a public address; if it is meant, name its network under fetch.allow", ip))
		}
		return nil
	}
}

func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false // loopback, link-local, multicast, unspecified, RFC 1918, fc00::/7
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return refusal(fmt.Sprintf("scheme %q is neither http nor https", u.Scheme))
	}
	if u.Hostname() == "" {
		return refusal("the address names no host")
	}
	return nil
}
