// A classic script in the head, so that the agent's choice of light or dark is there before the first paint.
try {
  const { theme } = JSON.parse(localStorage.getItem('mayfly:console') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.mode = theme;
} catch {
  // No storage, or not ours: the system's choice stands.
}
