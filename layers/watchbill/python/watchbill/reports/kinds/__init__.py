"""The kinds of reports, a module each: `data` answers its question, `findings` says what stands out in the answer."""
