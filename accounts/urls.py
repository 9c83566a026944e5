"""Addresses of signing in and of one's own account."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="change-password"),
    path("me/keys/", views.provider_keys, name="provider-keys"),
    path("me/theme/", views.set_theme, name="set-theme"),
    path("invitations/<str:token>/", views.accept_invitation, name="accept-invitation"),
]
