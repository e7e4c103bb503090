"""The spiders: `blog` crawls."""
