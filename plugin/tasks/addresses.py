"""May we open a connection to this address, or does it lead into somebody's own network?"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Never, whatever the owner allows: where clouds keep the keys of their machines, everybody at
# once, nobody, and ways by which one address hides in another (RFC 6890 and its successors).
NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local; 169.254.169.254 tells a machine's keys
        "168.63.129.16/32",  # the same in Azure, in a public network
        "100.100.100.200/32",  # the same in Alibaba Cloud
        "192.0.0.0/24",  # the same in Oracle Cloud, and protocols' own
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::ffff:0:0/96",  # IPv4 in IPv6
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and the like
        "2002::/16",  # 6to4
        "3fff::/20",  # for books only
        "fe80::/10",
        "fec0::/10",
        "fd00:ec2::254/128",
        "ff00::/8",
    )
)
# Somebody's own, which an owner may call in a network of theirs.
OWN = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
PUBLIC_6 = ip_network("2000::/3")


def refusal(address: str, *, private: bool = False) -> str | None:
    """Why ``address`` (as the resolver gave it) may not be called; None: it may.

    >>> refusal("93.184.215.14"), refusal("127.0.0.1")
    (None, 'it lies in a private network')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "it is no address"
    if any(_in(found, network) for network in NEVER):
        return "nothing of ours may call it"
    if any(_in(found, network) for network in OWN):
        return None if private else "it lies in a private network"
    public = found in PUBLIC_6 if isinstance(found, IPv6Address) else True
    return None if public and found.is_global else "it is not a public address"


def _in(found: IPv4Address | IPv6Address, network: object) -> bool:
    return getattr(network, "version", 0) == found.version and found in network  # type: ignore[operator]
