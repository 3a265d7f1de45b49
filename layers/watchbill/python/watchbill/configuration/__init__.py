"""How runs are kept and watched: what the stage says, what an organisation and its agents set otherwise."""
