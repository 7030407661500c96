"""Phrases that blocks of a page bring along in English, which other languages' catalogues translate."""

from typing import Final

OWN_PHRASES: Final = (
    "{month}", "{weekday}", "{sign}{change}% since {when}",
    "Please enter", "Type here", "Your answer", "Tell us", "Optional", "You can change it later",
    "Leave blank if unsure", "At least {few} characters", "In your own words", "We never share this",
    "Used for reminders only", "As on your passport", "Please write in full", "In dollars",
    "A rough figure will do", "Day and month", "From tomorrow onwards", "Spaces and dashes are fine",
    "The nearest one will do", "Local time", "Cancel", "Save draft", "Go back", "Start over",
    "Keep me posted about news from {place}", "I agree that you may call me back", "Send a copy to my own address",
    "I have read the notice of {month} {year}", "Remember these details for next time", "Total", "Your summary",
    "At a glance", "Overview", "What you pay", "In short", "Narrow it down", "Filter by", "Show only", "Refine",
    "Good to know", "Search {thing}", "Try {thing}", "Find {thing}", "Look for {thing}", "Mon", "Tue", "Wed", "Thu",
    "Fri", "Sat", "Sun", "Hol", "Who to meet", "People nearby", "New faces", "Around {place}", "Related",
    "On this page", "Most read", "See also", "Keep going", "Did you know?", "A note from {person}", "Correction",
    "replies", "likes", "shares", "thanks", "views", "saves",
    "Starter", "Essential", "Plus", "Team", "Household", "Complete", "Patron", "Basic", "Premium", "Solo",
)  # fmt: skip
