"""Which addresses of the internet are public: a stranger's link must not lead into the network the studio runs in."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# https://www.rfc-editor.org/rfc/rfc6052 (NAT64) and rfc8215 (its local-use prefix).
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_V4_COMPATIBLE = IPv6Network("::/96")
# An interface identifier that embeds an IPv4 address (ISATAP, rfc5214), with and without the universal bit.
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW = 0xFFFF_FFFF


def is_public(address: str) -> bool:
    """Whether an address, and every IPv4 address that is wrapped in it, belongs to the public internet."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip in _LOCAL_NAT64:
        return False
    return all(_is_global(one) for one in (ip, *_wrapped(ip)) if one is not None)


def _wrapped(ip: IPv4Address | IPv6Address) -> tuple[IPv4Address | None, ...]:
    """The IPv4 addresses that packets to an IPv6 address may end at."""
    if isinstance(ip, IPv4Address):
        return ()
    low = IPv4Address(int(ip) & _LOW)
    is_wrapping = ip in _NAT64 or ip in _V4_COMPATIBLE or (int(ip) >> 32) & _LOW in _ISATAP
    return (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()), low if is_wrapping else None)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        # What is only a wrapping is judged by what it wraps; Python calls some of these ranges private as a whole.
        if ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64:
            return True
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)
