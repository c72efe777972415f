"""What Mayfly costs, beside what a bare server costs on the same machine in the same minute (docs/performance.md)."""
