import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 that is not a public host: RFC 6890 and its registry (IANA, special-purpose addresses), multicast, and Azure's metadata. */
const special4 = blockList('ipv4', [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['168.63.129.16', 32],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 3],
]);
/** Of IPv6 only global unicast is public: not loopback, local, mapped, translated (64:ff9b::/96) or multicast addresses. */
const global6 = blockList('ipv6', [['2000::', 3]]);
/** In it: protocol assignments with Teredo, documentation, and 6to4, which carries an IPv4 address. */
const special6 = blockList('ipv6', [
	['2001::', 23],
	['2001:db8::', 32],
	['2002::', 16],
	['3fff::', 20],
]);

/** Whether an IP address belongs to a host on the public internet. What is no address does not. */
export function isPublic(address: string): boolean {
	if (isIPv4(address)) return !special4.check(address, 'ipv4');
	return isIPv6(address) && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
	const list = new BlockList();
	for (const [address, bits] of subnets) list.addSubnet(address, bits, family);
	return list;
}
