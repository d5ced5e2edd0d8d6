import { lazy, Suspense } from 'react';
import { I18nProvider, RouterProvider } from 'react-aria-components';
import { Route, Switch, useLocation } from 'wouter';
import { AskPage } from '../ask/ask-page.tsx';
import { Gate } from './gate.tsx';
import styles from './app.module.css';
import { Navigation } from './navigation.tsx';
import { NotFound } from './not-found.tsx';

const DocumentsPage = lazy(async () => {
	const { DocumentsPage } = await import('../documents/documents-page.tsx');
	return { default: DocumentsPage };
});

/** The frame of every page: who may come in, where one can go, and the page itself. */
export function App() {
	const [, navigate] = useLocation();
	return (
		<I18nProvider locale="en-GB">
			<RouterProvider navigate={navigate}>
				<Gate>
					<div className={styles.frame}>
						<a className={styles.skip} href="#main">
							Skip to the page
						</a>
						<Navigation />
						<main id="main" className={styles.main} tabIndex={-1}>
							<Suspense fallback={null}>
								<Switch>
									<Route path="/" component={AskPage} />
									<Route path="/documents/:document?" component={DocumentsPage} />
									<Route component={NotFound} />
								</Switch>
							</Suspense>
						</main>
					</div>
				</Gate>
			</RouterProvider>
		</I18nProvider>
	);
}
