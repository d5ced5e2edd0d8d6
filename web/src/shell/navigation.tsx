import { FileText, MessageSquareText } from 'lucide-react';
import { Link, useRoute } from 'wouter';
import styles from './navigation.module.css';
import { ThemeChoice } from './theme-choice.tsx';

export function Navigation() {
	return (
		<nav className={styles.navigation} aria-label="Pages">
			<Link className={styles.name} href="/" aria-label="Knowhow">
				<img src="/icon.svg" alt="" width={24} height={24} />
				<span>Knowhow</span>
			</Link>
			<ul className={styles.pages}>
				<Page href="/" pattern="/" icon={<MessageSquareText aria-hidden size={18} />} name="Ask" />
				<Page href="/documents" pattern="/documents/*?" icon={<FileText aria-hidden size={18} />} name="Documents" />
			</ul>
			<ThemeChoice />
		</nav>
	);
}

type PageProps = {
	readonly href: string;
	readonly pattern: string;
	readonly icon: React.ReactNode;
	readonly name: string;
};

function Page({ href, pattern, icon, name }: PageProps) {
	const [isHere] = useRoute(pattern);
	return (
		<li>
			<Link className={styles.page} href={href} aria-current={isHere ? 'page' : undefined}>
				{icon}
				{name}
			</Link>
		</li>
	);
}
